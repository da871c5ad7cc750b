/** The app's version as it is told to the server (SYNC.md §4 and §7). */
export const APP_VERSION = '1.0.0';
