/** The page forbids code made from text; zod would try. Imported before any schema is built. */
import { z } from 'zod';

z.config({ jitless: true });
