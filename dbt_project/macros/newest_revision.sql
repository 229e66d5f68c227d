{#-
    CTEs that end in `to`: of the rows of `figures` (lineage_id, period_start, period_end) that were revised, the newest load that did it. One
    row per lineage and period. A load revises a figure when it is of the figure's own days and was accepted after the last of them; what
    the loads of other days do (the year before's, which stand in `previous_actual`) is no revision of the value. Reads the CTE `revisions`.
-#}
{% macro newest_revision(figures, to) -%}
{{ to }}_candidates as (
    select
        periods.lineage_id, periods.period_start, periods.period_end, revisions.load_id,
        row_number() over (
            partition by periods.lineage_id, periods.period_start, periods.period_end
            order by revisions.load_sequence desc
        ) as newest_first
    from (select distinct lineage_id, period_start, period_end from {{ figures }}) as periods
    inner join revisions
        on periods.lineage_id = revisions.lineage_id
        and periods.period_end < revisions.accepted_on
        and periods.period_start <= revisions.last_day
        and periods.period_end >= revisions.first_day
),

{{ to }} as (
    select lineage_id, period_start, period_end, load_id
    from {{ to }}_candidates
    where newest_first = 1
)
{%- endmacro %}
