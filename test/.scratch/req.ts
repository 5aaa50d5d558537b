import type { CreateAttributes } from "baked-orm";
import type { User } from "../types/models";
type Required<T> = { [Key in keyof T]-?: object extends Pick<T, Key> ? never : Key }[keyof T];
export const x: Required<CreateAttributes<User>> = 1;
export const y: CreateAttributes<User> = 1;
