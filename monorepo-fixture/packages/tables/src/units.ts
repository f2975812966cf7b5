export type Unit = 'piece' | 'dozen';
