const WITH_CREDENTIALS = /^(turns?):([^:@]+):([^@]+)@(.+)$/;

/**
 * Move the credentials of `turn:USER:PASSWORD@HOST`, the form of `BUNRAKU_ICE_SERVERS`, to where the browser
 * wants them (`backend/video/ice.py` does the same for aiortc). Any other server is returned as it is.
 */
export function withCredentials(server: RTCIceServer): RTCIceServer {
  const match = typeof server.urls === "string" ? WITH_CREDENTIALS.exec(server.urls) : null;
  if (match === null) return server;
  const [, scheme, username, credential, host] = match;
  return { urls: `${scheme}:${host}`, username, credential };
}
