console.log(add(2, 3));
