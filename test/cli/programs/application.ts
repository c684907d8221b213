// What an application may have beside its commands: where its jobs are, and how it logs.
import { configure, consoleLogger } from "mandate";
import { RedisAdapter } from "mandate/redis";

configure({
  adapter: new RedisAdapter({ url: process.env["SHOP_JOBS"] }),
  logger: consoleLogger().child?.({ application: "shop" }) ?? consoleLogger(),
});
