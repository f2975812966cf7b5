export const nameOf = (id) => `user ${id}`;
