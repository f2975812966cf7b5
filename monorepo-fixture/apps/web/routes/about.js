import { kind } from 'kleur-lite';

export default () => `about, ${kind}`;
