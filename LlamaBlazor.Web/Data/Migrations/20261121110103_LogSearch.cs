using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class LogSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "idx_logs_model",
                table: "logs");

            migrationBuilder.DropIndex(
                name: "idx_logs_source",
                table: "logs");

            migrationBuilder.CreateIndex(
                name: "idx_logs_model",
                table: "logs",
                columns: new[] { "model_id", "level", "timestamp", "id" },
                descending: new[] { false, false, true, true });

            migrationBuilder.CreateIndex(
                name: "idx_logs_source",
                table: "logs",
                columns: new[] { "source", "level", "timestamp", "id" },
                descending: new[] { false, false, true, true });

            // Only where this SQLite can keep it; DatabaseStartup makes up for it at the first start where it can.
            if (LogIndex.IsSupported)
                migrationBuilder.Sql(LogIndex.CreateSql);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            if (LogIndex.IsSupported)
                migrationBuilder.Sql(LogIndex.DropSql);
            migrationBuilder.DropIndex(
                name: "idx_logs_model",
                table: "logs");

            migrationBuilder.DropIndex(
                name: "idx_logs_source",
                table: "logs");

            migrationBuilder.CreateIndex(
                name: "idx_logs_model",
                table: "logs",
                column: "model_id");

            migrationBuilder.CreateIndex(
                name: "idx_logs_source",
                table: "logs",
                column: "source");
        }
    }
}
