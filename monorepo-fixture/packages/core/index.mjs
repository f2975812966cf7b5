import { greet } from '@fixture/core/features/greet';
import { frame, kind } from '#colors';
import platform from '#platform';

export const hello = (name) => frame(`${greet(name)} from ${platform}, ${kind}`);
