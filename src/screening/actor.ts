import { systemActor } from '../audit/actor.ts';

/** Who screens: no person, but what people set up. */
export const screeningActor = systemActor('screening');
