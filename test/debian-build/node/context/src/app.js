import { Hono } from "hono";

export const app = new Hono();
app.get("/", (c) => c.json({ hello: "from node", user: process.getuid(), node: process.version }));
app.get("/greet/:name", (c) => c.text(`hello, ${c.req.param("name")}`));
