export default ({ a, b }) => a + b;
export const negate = ({ a }) => -a;
