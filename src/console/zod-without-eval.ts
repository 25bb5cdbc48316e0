/**
 * zod compiles its schemas with `new Function` where it may. Our content security policy forbids that, and trying it is already
 * reported as a violation; so it is switched off before the first schema is used. Imported first of all by `main.tsx`.
 */
import { z } from 'zod';

z.config({ jitless: true });
