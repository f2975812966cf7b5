export default { colour: 'blue' };
