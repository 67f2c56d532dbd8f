using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LlamaBlazor.Web.Data.Migrations
{
    /// <summary>
    /// One more role. A rebuild of the table would end in the cascades of its 20 children: a CHECK is no data, so its text is changed
    /// (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
    /// </summary>
    public partial class DraftRole : Migration
    {
        private const string Before = "'adapter', 'vocabulary')";
        private const string After = "'adapter', 'vocabulary', 'draft')";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Change(Before, After));

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("UPDATE models SET role = 'adapter' WHERE role = 'draft';" + Change(After, Before));

        // The index is made anew so that other connections notice a change of the schema.
        private static string Change(string from, string to) => $"""
            DROP INDEX idx_models_type;
            CREATE INDEX idx_models_type ON models (type);
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = replace(sql, '{from.Replace("'", "''")}',
                '{to.Replace("'", "''")}') WHERE type = 'table' AND name = 'models';
            PRAGMA writable_schema = RESET;
            """;
    }
}
