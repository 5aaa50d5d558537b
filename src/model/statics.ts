/** What every model class can do; thin over query/. Put on each class that Model() makes. */
import { insertRows, mergeResults, type ConflictOption, type InsertOptions } from "../query/insert";
import type { QueryBuilder, UpdateValues } from "../query/builder";
import { rawStatement, type SqlFragment } from "../sql/raw";
import { currentDatabase } from "../connection/database";
import { assignAttributes } from "../record/attributes";
import { ValidationErrors } from "../record/errors";
import { QueryError } from "../errors";
import { compile } from "../sql/compiler";
import type { IncludePath, Order, PlainConditions, Plucked, Where, ColumnName, Loaded, Selected, AssociationName } from "../query/types";
import * as define from "./associations/define";
import { addCallback, type CallbackFunction, type CallbackHook } from "./callbacks";
import type { ModelClass } from "./class";
import { infoOf } from "./info";
import { saveRecord } from "./lifecycle";
import type { CreateAttributes, InstanceOf } from "./types";

void ValidationErrors;
