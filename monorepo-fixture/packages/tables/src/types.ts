export interface Row { name: string; count: number }
