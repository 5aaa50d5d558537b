/** `baked-orm/react`: hooks for components that show and edit frontend models. */
export { type FieldProps, type Form, type FormOptions, useForm } from "./form";
export { useModel } from "./model";
