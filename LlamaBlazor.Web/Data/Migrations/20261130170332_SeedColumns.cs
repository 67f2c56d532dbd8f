using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class SeedColumns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "idx_health_checks_container",
                table: "health_checks");

            migrationBuilder.AddColumn<string>(
                name: "email",
                table: "users",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "quota_profile_id",
                table: "users",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "timestamp",
                table: "health_checks",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            // By hand: adding the key afterwards would make the whole table anew, which the views that read it do not allow.
            migrationBuilder.Sql("ALTER TABLE container_instances ADD COLUMN user_id INTEGER NULL REFERENCES users (id) ON DELETE SET NULL;");

            migrationBuilder.Sql("UPDATE health_checks SET timestamp = checked_at;");

            migrationBuilder.CreateIndex(
                name: "idx_health_checks_container",
                table: "health_checks",
                columns: new[] { "container_id", "timestamp" });

            migrationBuilder.CreateIndex(
                name: "idx_containers_user",
                table: "container_instances",
                column: "user_id");

            migrationBuilder.Sql("DROP VIEW v_system_summary;");
            migrationBuilder.Sql("""
                CREATE VIEW v_system_summary AS
                SELECT round(avg(cpu_percent), 2) AS avg_cpu_percent, round(max(cpu_percent), 2) AS max_cpu_percent,
                       round(avg(memory_percent), 2) AS avg_memory_percent, round(max(memory_percent), 2) AS max_memory_percent,
                       round(avg(memory_available_gb), 2) AS avg_available_gb, count(*) AS snapshot_count
                FROM system_snapshots
                WHERE timestamp > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 3600000;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP VIEW v_active_containers; DROP VIEW v_system_summary;");

            migrationBuilder.Sql("DELETE FROM health_checks WHERE id NOT IN (SELECT max(id) FROM health_checks GROUP BY container_id);");

            migrationBuilder.DropForeignKey(
                name: "FK_container_instances_users_user_id",
                table: "container_instances");

            migrationBuilder.DropIndex(
                name: "idx_health_checks_container",
                table: "health_checks");

            migrationBuilder.DropIndex(
                name: "idx_containers_user",
                table: "container_instances");

            migrationBuilder.DropColumn(
                name: "email",
                table: "users");

            migrationBuilder.DropColumn(
                name: "quota_profile_id",
                table: "users");

            migrationBuilder.DropColumn(
                name: "timestamp",
                table: "health_checks");

            migrationBuilder.DropColumn(
                name: "user_id",
                table: "container_instances");

            migrationBuilder.CreateIndex(
                name: "idx_health_checks_container",
                table: "health_checks",
                column: "container_id",
                unique: true);

            migrationBuilder.Sql("""
                CREATE VIEW v_active_containers AS
                SELECT c.container_name, c.image_name, c.project_path, c.status, c.cpu_limit, c.memory_limit_gb, c.gpu_devices, c.created_at, c.started_at,
                       (SELECT round(avg(m.cpu_percent), 2) FROM resource_metrics m
                        WHERE m.container_id = c.container_id AND m.timestamp > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 300000) AS avg_cpu,
                       (SELECT round(avg(m.memory_used_gb), 2) FROM resource_metrics m
                        WHERE m.container_id = c.container_id AND m.timestamp > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 300000) AS avg_memory_gb
                FROM container_instances c
                WHERE c.status = 'running';
                """);
            migrationBuilder.Sql("""
                CREATE VIEW v_system_summary AS
                SELECT avg(cpu_percent) AS avg_cpu_percent, max(cpu_percent) AS max_cpu_percent,
                       avg(memory_percent) AS avg_memory_percent, max(memory_percent) AS max_memory_percent,
                       avg(memory_available_gb) AS avg_available_gb, count(*) AS snapshot_count
                FROM system_snapshots
                WHERE timestamp > CAST(strftime('%s', 'now') AS INTEGER) * 1000 - 3600000;
                """);
        }
    }
}
