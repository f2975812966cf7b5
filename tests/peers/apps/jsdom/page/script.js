document.querySelector('#out').textContent = 'from the script';
