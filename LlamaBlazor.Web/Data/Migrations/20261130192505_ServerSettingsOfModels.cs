using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <inheritdoc />
    public partial class ServerSettingsOfModels : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "log_verbose",
                table: "model_server_override",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "media_path",
                table: "model_server_override",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "no_webui",
                table: "model_server_override",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "props_enabled",
                table: "model_server_override",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "slot_save_path",
                table: "model_server_override",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "slots_enabled",
                table: "model_server_override",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "verbose",
                table: "model_server_override",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "log_verbose",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "media_path",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "no_webui",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "props_enabled",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "slot_save_path",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "slots_enabled",
                table: "model_server_override");

            migrationBuilder.DropColumn(
                name: "verbose",
                table: "model_server_override");
        }
    }
}
