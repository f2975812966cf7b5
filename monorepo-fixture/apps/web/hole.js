export default 'from a template';
