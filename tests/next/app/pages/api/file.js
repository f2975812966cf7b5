import { read } from '../../lib/read';
export default function handler(req, res) { res.status(200).json({ text: read('pages') }); }
