/** The environment of the programs that build images. */

// What leads to the network on this machine; wget and apt know both spellings.
const PROXIES = /^(https?|ftp|no)_proxy$/i;

/** The same for everybody, so that nothing of a user's settings gets into an image. */
export function programEnvironment(): Record<string, string> {
  const proxies = Object.entries(process.env).filter(([name]) => PROXIES.test(name));
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    HOME: '/',
    DEBIAN_FRONTEND: 'noninteractive',
    ...(Object.fromEntries(proxies) as Record<string, string>),
  };
}

/** Whether downloads go through somebody else. */
export function usesProxy(): boolean {
  return Object.keys(process.env).some((name) => /^https?_proxy$/i.test(name));
}
