// Name this browser's zone to the server, so that the times on the next page are the reader's. Without this they are in UTC.
"use strict";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const named = `accord-zone=${zone}`;
if (zone && !document.cookie.split("; ").includes(named)) {
  document.cookie = `${named}; Path=/; SameSite=Lax; Secure; Max-Age=31536000`;
}
