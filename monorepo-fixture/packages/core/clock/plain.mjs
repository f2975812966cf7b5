export const year = () => 2024;
