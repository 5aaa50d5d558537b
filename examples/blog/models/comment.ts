import { belongsTo, Model } from "baked-orm";
import { comments } from "../db/schema";
import type { Post } from "./post";

export class Comment extends Model(comments, { post: belongsTo<Post>("Post") }) {}
