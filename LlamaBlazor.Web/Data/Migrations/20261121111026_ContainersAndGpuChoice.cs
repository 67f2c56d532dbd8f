using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class ContainersAndGpuChoice : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "container_image",
                table: "model_runtime",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "cpu_limit",
                table: "model_runtime",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "gpu_mode",
                table: "model_runtime",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "gpu_strategy",
                table: "model_runtime",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "instance_kind",
                table: "model_runtime",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "memory_limit_gb",
                table: "model_runtime",
                type: "REAL",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "container_image",
                table: "model_runtime");

            migrationBuilder.DropColumn(
                name: "cpu_limit",
                table: "model_runtime");

            migrationBuilder.DropColumn(
                name: "gpu_mode",
                table: "model_runtime");

            migrationBuilder.DropColumn(
                name: "gpu_strategy",
                table: "model_runtime");

            migrationBuilder.DropColumn(
                name: "instance_kind",
                table: "model_runtime");

            migrationBuilder.DropColumn(
                name: "memory_limit_gb",
                table: "model_runtime");
        }
    }
}
