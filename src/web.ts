export { dashboard, type DashboardHandler } from "./web/dashboard.tsx";
export type { DashboardOptions } from "./web/options.ts";
export { toNode, type NodeHandler, type NodeRequest } from "./web/node.ts";
export type { Access, AccessInfo, Authorize, DashboardAction } from "./web/security/access.ts";
export { basicAuth, type BasicAuthOptions } from "./web/security/basic-auth.ts";
export type { Redact } from "./web/security/redaction.ts";
