'use strict';

// Schemas, casting, validation, virtuals, hooks and plain objects, all without a database.
const assert = require('node:assert');
const mongoose = require('mongoose');

process.exitCode = 1;

async function main() {
  const address = new mongoose.Schema({ city: { type: String, required: true } }, { _id: false });
  const schema = new mongoose.Schema(
    {
      name: { type: String, required: true, trim: true, minlength: 2 },
      age: { type: Number, min: 0, max: 150 },
      email: { type: String, match: /@/ },
      tags: [String],
      price: mongoose.Schema.Types.Decimal128,
      address,
      scores: { type: Map, of: Number },
    },
    { toJSON: { virtuals: true, flattenMaps: true } },
  );
  schema.virtual('title').get(function () {
    return `Dr ${this.name}`;
  });
  let hooked = 0;
  schema.pre('validate', function () {
    hooked += 1;
  });
  const Person = mongoose.model('Person', schema);

  const good = new Person({
    _id: '507f1f77bcf86cd799439011',
    name: '  Ada ',
    age: '36',
    email: 'ada@example.org',
    tags: ['x'],
    price: '9.50',
    address: { city: 'London' },
    scores: { maths: 10 },
  });
  assert.strictEqual(good.validateSync(), undefined);
  await good.validate();
  assert.strictEqual(hooked, 1);
  const json = good.toJSON();
  assert.strictEqual(json.title, 'Dr Ada');
  assert.strictEqual(json.age, 36);
  assert.deepStrictEqual(json.scores, { maths: 10 });
  assert.strictEqual(json.price.toString(), '9.50');
  assert.strictEqual(String(json._id), '507f1f77bcf86cd799439011');

  const bad = new Person({ name: 'A', age: 200, email: 'none', address: {} });
  assert.deepStrictEqual(Object.keys(bad.validateSync().errors).sort(), [
    'address.city',
    'age',
    'email',
    'name',
  ]);
  await assert.rejects(bad.validate(), { name: 'ValidationError' });

  const query = Person.find({ age: { $gt: '5' } }).sort('-name').limit(2);
  query.cast(Person);
  assert.deepStrictEqual(query.getFilter(), { age: { $gt: 5 } });

  console.log('ok mongoose');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
