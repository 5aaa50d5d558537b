/** The built-in plugins; importing this file registers them, in this order. */
import "./soft-delete";
import "./locking";
import "./recursive-cte";
import "./batches";
import "./aggregates";
