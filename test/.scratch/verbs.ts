import { Model } from "baked-orm";
import { orders, users, posts } from "../../db/schema";
class Post extends Model(posts) {}
class Order extends Model(orders) {
  static group = Order.belongsTo<Post>("Post", { foreignKey: "userId" });
  static first = Order.belongsTo<Post>("Post", { foreignKey: "userId" });
}
async function f(order: Order, user: InstanceType<typeof U>) {
  await Order.where({ id: 1n });
  const g = await order.load("group" as never);
}
class U extends Model(users) {}
async function created() {
  const u = await U.create({ name: "a", email: "b" });
}
