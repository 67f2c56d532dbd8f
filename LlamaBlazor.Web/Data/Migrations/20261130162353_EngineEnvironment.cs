using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class EngineEnvironment : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "environment",
                table: "model_server_override",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "environment",
                table: "model_server_config",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "start_limit_seconds",
                table: "model_runtime",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "stop_grace_seconds",
                table: "model_runtime",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "environment",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "environment",
                table: "model_server_config");

            migrationBuilder.DropColumn(
                name: "start_limit_seconds",
                table: "model_runtime");

            migrationBuilder.DropColumn(
                name: "stop_grace_seconds",
                table: "model_runtime");
        }
    }
}
