export const year = () => 2000 + 24;
