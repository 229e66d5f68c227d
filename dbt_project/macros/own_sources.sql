{#-
    The sources whose rows the platform computes figures from, and how such figures are cited. Each has the model `int_<source>__value` (one
    row per figure: the key of an indicator mart, value, numerator, denominator, n, is_preliminary, lineage_id).
-#}
{% macro own_sources() -%}
    {{ return({
        'hr': 'Egen bearbetning av data från HR-systemet',
        'care': 'Egen bearbetning av data från verksamhetssystemet',
        'ledger': 'Egen bearbetning av data från ekonomisystemet',
        'region_report': 'Källa: regionens gemensamma nyckeltalsrapport',
        'kpb': 'Egen bearbetning av data från KPB (kostnad per brukare)',
        'support_need': 'Egen bearbetning av data från stödbehovsmätningen',
        'homecare_index': 'Källa: Hemtjänstindex',
        'local_counts': 'Källa: egen räkning i förvaltningen',
        'survey': 'Egen bearbetning av data från enkäter',
        'work_environment': 'Egen bearbetning av data från arbetsmiljörapporteringen',
        'training': 'Egen bearbetning av data från utbildningsregistret',
    }) }}
{%- endmacro %}

{#-
    Where the loads behind a lineage are told (lineage_id, load_id): by a model `int_<name>__figure_loads` of the sources whose figures rest on
    several periods or tables, and by that of the registers for all sources of which a figure rests on a year's delivery.
-#}
{% macro lineages() -%}
    {{ return(['hr', 'care', 'ledger', 'survey', 'work_environment', 'training', 'register']) }}
{%- endmacro %}
