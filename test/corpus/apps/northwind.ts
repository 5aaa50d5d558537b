/** Models over Northwind, and queries with the SQL that must give the same; checked against the generated schema. */
import { belongsTo, hasMany, Model, registerModels, sql } from "baked-orm";
import * as schema from "./schema";

class Category extends Model(schema.categories, { products: hasMany<Product>("Product") }) {}
class Supplier extends Model(schema.suppliers, { products: hasMany<Product>("Product") }) {}
class Product extends Model(schema.products, {
  category: belongsTo<Category>("Category"),
  supplier: belongsTo<Supplier>("Supplier"),
  details: hasMany<OrderDetail>("OrderDetail"),
}) {}
class Customer extends Model(schema.customers, { orders: hasMany<Order>("Order") }) {}
class Shipper extends Model(schema.shippers, { orders: hasMany<Order>("Order") }) {}
class Order extends Model(schema.orders, {
  customer: belongsTo<Customer>("Customer"),
  employee: belongsTo<Employee>("Employee"),
  shipper: belongsTo<Shipper>("Shipper"),
  details: hasMany<OrderDetail>("OrderDetail"),
}) {}
class OrderDetail extends Model(schema.order_details, {
  order: belongsTo<Order>("Order"),
  product: belongsTo<Product>("Product"),
}) {}
class Employee extends Model(schema.employees, {
  manager: belongsTo<Employee>("Employee"),
  employeeTerritories: hasMany<EmployeeTerritory>("EmployeeTerritory"),
}) {}
class EmployeeTerritory extends Model(schema.employee_territories, {
  employee: belongsTo<Employee>("Employee"),
  territory: belongsTo<Territory>("Territory"),
}) {}
class Territory extends Model(schema.territories, { region: belongsTo<Region>("Region") }) {}
class Region extends Model(schema.region, { territories: hasMany<Territory>("Territory") }) {}
class UsState extends Model(schema.us_states) {}

registerModels({
  Category,
  Supplier,
  Product,
  Customer,
  Shipper,
  Order,
  OrderDetail,
  Employee,
  EmployeeTerritory,
  Territory,
  Region,
  UsState,
});

export const tables = 14;

export const queries: { name: string; ours: () => Promise<unknown>; sql: string }[] = [
  {
    name: "text keys",
    ours: async () => {
      const customer = await Customer.find("ALFKI");
      return [[customer.companyName, customer.region, (await customer.load("orders")).length]];
    },
    sql: "SELECT company_name, region, (SELECT count(*)::int FROM orders o WHERE o.customer_id = c.customer_id) FROM customers c WHERE customer_id = 'ALFKI'",
  },
  {
    name: "single-precision numbers",
    ours: () =>
      Product.where({ unitPrice: [18, 21.35, 9.65] })
        .order({ productId: "ASC" })
        .pluck("productName", "unitPrice"),
    sql: "SELECT product_name, unit_price::text::float8 FROM products WHERE unit_price IN (18, 21.35::real, 9.65::real) ORDER BY product_id",
  },
  {
    name: "dates",
    ours: () =>
      Order.where({
        orderDate: { between: [new Date("1997-01-01"), new Date("1997-01-31")] },
        shippedDate: { ne: null },
      })
        .order({ orderId: "ASC" })
        .pluck("orderId", "orderDate", "requiredDate"),
    sql: "SELECT order_id, order_date, required_date FROM orders WHERE order_date BETWEEN '1997-01-01' AND '1997-01-31' AND shipped_date IS NOT NULL ORDER BY order_id",
  },
  {
    name: "composite keys with details",
    ours: async () => {
      const orders = await Order.where({ customerId: "VINET" })
        .includes("details.product.category")
        .order({ orderId: "ASC" });
      return orders.flatMap(({ orderId, details }) =>
        details
          .toSorted((a, b) => a.productId - b.productId)
          .map(({ product, quantity }) => [
            orderId,
            product?.productName,
            product?.category?.categoryName,
            quantity,
          ]),
      );
    },
    sql: `SELECT o.order_id, p.product_name, c.category_name, d.quantity FROM orders o JOIN order_details d USING (order_id)
      JOIN products p USING (product_id) JOIN categories c USING (category_id) WHERE o.customer_id = 'VINET' ORDER BY o.order_id, d.product_id`,
  },
  {
    name: "find by composite key",
    ours: async () => {
      const detail = await OrderDetail.find([10248, 11]);
      return [[detail.quantity, detail.discount]];
    },
    sql: "SELECT quantity, discount FROM order_details WHERE order_id = 10248 AND product_id = 11",
  },
  {
    name: "binary data",
    ours: async () =>
      (await Category.order({ categoryId: "ASC" })).map(({ picture }) => [picture?.length ?? null]),
    sql: "SELECT length(picture) FROM categories ORDER BY category_id",
  },
  {
    name: "a join table with a text key",
    ours: async () => {
      const employees = await Employee.includes(
        "employeeTerritories.territory.region",
        "manager",
      ).order({ employeeId: "ASC" });
      return employees.map(({ lastName, manager, employeeTerritories }) => [
        lastName,
        manager?.lastName ?? null,
        [
          ...new Set(
            employeeTerritories.map(({ territory }) => territory?.region?.regionDescription),
          ),
        ].length,
      ]);
    },
    sql: `SELECT e.last_name, m.last_name, (SELECT count(DISTINCT t.region_id)::int FROM employee_territories et
      JOIN territories t USING (territory_id) WHERE et.employee_id = e.employee_id)
      FROM employees e LEFT JOIN employees m ON m.employee_id = e.reports_to ORDER BY e.employee_id`,
  },
  {
    name: "a condition over four tables",
    ours: () =>
      Customer.where({
        orders: {
          some: {
            details: {
              some: { product: { is: { category: { is: { categoryName: "Seafood" } } } } },
            },
          },
        },
      })
        .order({ customerId: "ASC" })
        .pluck("customerId"),
    sql: `SELECT customer_id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o JOIN order_details USING (order_id) JOIN products USING (product_id)
      JOIN categories g USING (category_id) WHERE o.customer_id = c.customer_id AND g.category_name = 'Seafood') ORDER BY customer_id`,
  },
  {
    name: "customers without orders",
    ours: () => Customer.whereMissing("orders").order({ customerId: "ASC" }).pluck("customerId"),
    sql: "SELECT customer_id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id) ORDER BY customer_id",
  },
  {
    name: "a foreign key whose name does not tell the table",
    ours: async () => {
      const shippers = await Shipper.order({ shipperId: "ASC" }).withCount("orders");
      return shippers.map(({ companyName, ordersCount }) => [companyName, ordersCount]);
    },
    sql: "SELECT company_name, (SELECT count(*)::int FROM orders o WHERE o.ship_via = s.shipper_id) FROM shippers s ORDER BY shipper_id",
  },
  {
    name: "wildcards and either of two conditions",
    ours: () =>
      Supplier.where({
        or: [{ companyName: { contains: "'" } }, { homepage: { ilike: "%www%" } }],
        not: { country: "Australia" },
      })
        .order({ supplierId: "ASC" })
        .pluck("companyName"),
    sql: `SELECT company_name FROM suppliers WHERE (company_name LIKE '%''%' OR homepage ILIKE '%www%')
      AND (country = 'Australia') IS DISTINCT FROM TRUE ORDER BY supplier_id`,
  },
  {
    name: "distinct countries, distinct rows by order",
    ours: async () => [
      [await Customer.select("country").distinct().count()],
      ...(
        await Order.where(sql`order_id < ${10260}`)
          .distinctOn("customerId")
          .order({ customerId: "ASC", freight: "DESC" })
      ).map(({ orderId }) => [orderId]),
    ],
    sql: `SELECT count(DISTINCT country)::int FROM customers UNION ALL
      SELECT * FROM (SELECT (array_agg(order_id ORDER BY freight DESC))[1]::int FROM orders WHERE order_id < 10260 GROUP BY customer_id ORDER BY customer_id) t`,
  },
  {
    name: "states by region",
    ours: () =>
      UsState.where({ stateRegion: ["south", "west"] })
        .order({ stateId: "ASC" })
        .pluck("stateAbbr"),
    sql: "SELECT state_abbr FROM us_states WHERE state_region IN ('south', 'west') ORDER BY state_id",
  },
];
