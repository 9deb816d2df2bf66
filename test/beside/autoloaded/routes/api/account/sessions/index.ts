/** The API under the path of this folder: the plugin itself is what the file exports. */
export { loginSessionApi as default } from '../../../../../../../plugin/index.js'
