// How the dashboard is mounted in each framework, as docs/dashboard.md has it: what is below a name is what it takes there.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Elysia } from "elysia";
import express from "express";
import { fastify } from "fastify";
import { H3, toNodeHandler } from "h3";
import { Hono } from "hono";
import Koa from "koa";
import { toNode, type DashboardHandler } from "mandate/web";
import "reflect-metadata";

/** An application that listens. */
export interface Mounted {
  readonly url: string;
  close(): Promise<void>;
}

export type Recipe = (jobs: DashboardHandler) => Promise<Mounted>;

/** Each mounts it at /jobs; where frameworks have body parsers, one is there before. */
export const recipes: Readonly<Record<string, Recipe>> = {
  "node:http": (jobs) => listening(createServer(toNode(jobs) as RequestListener)),

  Hono: (jobs) => {
    const app = new Hono();
    app.all("/jobs/*", (c) => jobs(c.req.raw));
    return listening(
      createServer(toNode(async (request) => app.fetch(request)) as RequestListener),
    );
  },

  "Express 5": (jobs) => {
    const app = express();
    app.use(express.urlencoded({ extended: true }), express.json());
    app.use("/jobs", toNode(jobs));
    return listening(createServer(app));
  },

  "Fastify 5": async (jobs) => {
    const app = fastify();
    await app.register(async (scope) => {
      // Its own parser refuses forms.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
      for (const url of ["/jobs", "/jobs/*"]) {
        scope.all(url, (request, reply) => {
          reply.hijack();
          void toNode(jobs)(request.raw, reply.raw);
        });
      }
    });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    return { url, close: () => app.close() };
  },

  "Koa 3": (jobs) => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      if (!/^\/jobs(?:\/|$)/.test(ctx.path)) return next();
      ctx.respond = false;
      return toNode(jobs)(ctx.req, ctx.res);
    });
    return listening(createServer(app.callback() as RequestListener));
  },

  "Nest 11": async (jobs) => {
    class AppModule {}
    Module({})(AppModule);
    const app = await NestFactory.create(AppModule, { logger: false });
    app.setGlobalPrefix("api");
    app.use("/jobs", toNode(jobs));
    await app.listen(0, "127.0.0.1");
    return { url: await app.getUrl(), close: () => app.close() };
  },

  "h3 2": (jobs) => {
    const app = new H3();
    app.all("/jobs/**", (event) => jobs(event.req as unknown as Request));
    return listening(createServer(toNodeHandler(app) as RequestListener));
  },

  "Elysia 1": (jobs) => {
    const app = new Elysia();
    for (const path of ["/jobs", "/jobs/*"]) {
      // Its own parser would have read the form.
      app.all(path, ({ request }) => jobs(request), { parse: "none" });
    }
    return listening(
      createServer(toNode((request) => Promise.resolve(app.handle(request))) as RequestListener),
    );
  },
};

/** A proxy that strips its prefix, and ends TLS as far as anybody can tell. */
export async function stripping(prefix: string, target: string): Promise<Mounted> {
  return listening(
    createServer((request, response) => {
      const path = (request.url ?? "/").replace(prefix, "");
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const body = Buffer.concat(parts);
        void fetch(`${target}${path}`, {
          method: request.method ?? "GET",
          headers: {
            "content-type": request.headers["content-type"] ?? "text/plain",
            origin: request.headers.origin ?? "",
            "x-forwarded-host": request.headers.host ?? "",
          },
          ...(body.length > 0 && { body }),
          redirect: "manual",
        })
          .then(async (answer) => {
            const location = answer.headers.get("location");
            response.writeHead(answer.status, location === null ? {} : { location });
            response.end(await answer.text());
          })
          .catch(() => response.destroy());
      });
    }),
  );
}

async function listening(server: Server): Promise<Mounted> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
