export { readForm, valuesOfType } from './read-form.ts';
export {
  fieldsOf,
  fieldValue,
  isShown,
  READ_ALL,
  rightOf,
  visibleForm,
  visibleValues,
  WRITE_ALL,
} from './rights.ts';
