/** For `node --import ./bin/tsx.mjs FILE.ts`. */
import { withOwnCache } from './tsx.cjs';

await withOwnCache(() => import('tsx'));
