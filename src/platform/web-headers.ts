/** The headers that tell a browser what pages of ours may do. */
import helmet from 'helmet';
import { secondsPerDay } from './civil.ts';

const hstsS = 180 * secondsPerDay;

/**
 * Scripts come from our own files, and nothing is fetched from, sent to or shown in anything else. Only styles may stand in the page: Ant
 * Design, ECharts and CodeMirror write style elements at run time, Bull Board brings its own without a nonce. What a planted style could do is held
 * down by the rest – images, fonts and connections reach no other host, so nothing that it reads out can leave.
 */
export const webHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'script-src-attr': ["'none'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'font-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'form-action': ["'self'"],
      'object-src': ["'none'"],
      'base-uri': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  frameguard: { action: 'deny' },
  referrerPolicy: { policy: 'no-referrer' },
  // Browsers heed it behind TLS only. Other hosts of the agency's domain are not ours to decide about.
  strictTransportSecurity: { maxAge: hstsS, includeSubDomains: false },
});
