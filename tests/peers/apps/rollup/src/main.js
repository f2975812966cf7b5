import { multiply } from './maths.js';

export default multiply(3, 4);
