export default function handler(req, res) {
  res.status(200).json({ env: process.env.FROM_FILE, node: process.env.NODE_ENV, hook: globalThis.instrumented });
}
