import { productVersion } from "../../api/product.ts";
import type { RegistrySettings } from "../../registry/index.ts";

const certificates = ["/etc/slipway/certs.d", "/etc/docker/certs.d"];

/** How registries are reached, as long as nothing else is said. */
export function registrySettings(): RegistrySettings {
  return { insecure: [], rules: {}, certificates, proxies: {}, userAgent: `slipway/${productVersion}` };
}
