-- What the municipalities' own rows say, of all sources alike, with the words by which such a figure is cited.
with

final as (

    {%- for own_source, citation in own_sources().items() %}

    select
        municipality_id,
        indicator_id,
        org_unit,
        staff_group,
        breakdown,
        gender,
        period_start,
        period_end,
        period_grain,
        measure_time,
        value,
        numerator,
        denominator,
        n,
        is_preliminary,
        lineage_id,
        '{{ citation }}' as source
    from {{ ref('int_' ~ own_source ~ '__value') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
