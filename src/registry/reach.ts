import { type Certificates, readCertificates } from "./certificates.ts";
import type { Endpoint } from "./endpoint.ts";
import { isInsecure } from "./insecure.ts";
import { proxyFor } from "./proxy.ts";
import type { RegistrySettings } from "./settings.ts";
import { systemAuthorities } from "./system-authorities.ts";

/** With what a connection is made. */
export interface Route {
  readonly tls?: Bun.TLSOptions;
  readonly proxy?: string;
}

/** How hosts are reached on behalf of one registry: whom to trust, as whom, through which proxy. Each host is looked at once. */
export class Reach {
  readonly #insecure = new Map<string, Promise<boolean>>();
  readonly #certificates = new Map<string, Promise<Certificates>>();

  constructor(
    private readonly settings: RegistrySettings,
    /** The registry: its authorities also vouch for its token server and for where it redirects to. */
    private readonly home: Endpoint,
  ) {}

  isInsecure(host: string): Promise<boolean> {
    const { home } = this;
    if (host === home.host && home.insecure !== undefined) return Promise.resolve(home.insecure);
    return once(this.#insecure, host, () => isInsecure(host, this.settings));
  }

  async route(url: URL): Promise<Route> {
    const proxy = proxyFor(url, this.settings.proxies);
    return {
      ...(proxy === undefined ? {} : { proxy }),
      ...(url.protocol === "https:" ? { tls: await this.#tls(url.host) } : {}),
    };
  }

  async #tls(host: string): Promise<Bun.TLSOptions> {
    const [insecure, own, home] = await Promise.all([
      this.isInsecure(host),
      this.#certificatesOf(host),
      this.#certificatesOf(this.home.host),
    ]);
    const authorities = [...new Set([...own.authorities, ...home.authorities])];
    return {
      rejectUnauthorized: !insecure,
      ...(authorities.length === 0 ? {} : { ca: [...systemAuthorities(), ...authorities] }),
      ...(own.cert === undefined || own.key === undefined ? {} : { cert: own.cert, key: own.key }),
    };
  }

  #certificatesOf(host: string): Promise<Certificates> {
    return once(this.#certificates, host, () => readCertificates(this.settings.certificates, host));
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const promise = known.get(key) ?? find();
  known.set(key, promise);
  return promise;
}
