'use strict';
const { Model } = require('sequelize');

module.exports = (sequelize, DataTypes) => {
  class User extends Model {
    static associate(models) {
      User.hasMany(models.Post, { as: 'posts' });
    }
  }
  User.init({ name: { type: DataTypes.STRING, validate: { len: [1, 20] } } }, { sequelize, modelName: 'User' });
  return User;
};
